import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createRegisterWorld, NORR, SYD, type RegisterWorld } from '../testing/register-world.js'

let world: RegisterWorld
beforeAll(async () => void (world = await createRegisterWorld()))
afterAll(() => world.close())

describe('a pause', () => {
  test('of a dataset, a controller or the network holds until it is over', async () => {
    const seen = () =>
      [world.rules.pauseOf('norr', NORR), world.rules.pauseOf('norr2', NORR), world.rules.pauseOf('syd', SYD)].map(
        (pause) => pause?.scope,
      )
    expect(seen()).toEqual([undefined, undefined, undefined])
    await world.changes.pause({ scope: 'dataset', name: 'norr' }, 'a mix-up', 'admin')
    expect(seen()).toEqual(['dataset', undefined, undefined])
    expect(world.rules.pauseOf('norr', NORR)).toEqual({ scope: 'dataset', reason: 'a mix-up', since: world.now() })
    await world.changes.pause({ scope: 'controller', name: NORR }, 'audit', 'admin')
    expect(seen()).toEqual(['controller', 'controller', undefined])
    await world.changes.pause({ scope: 'network' }, 'intrusion', 'admin')
    expect(seen()).toEqual(['network', 'network', 'network'])
    await expect(world.changes.pause({ scope: 'network' }, 'again', 'admin')).rejects.toThrow(/paused already/)
    await world.changes.resume({ scope: 'network' }, 'over', 'admin')
    await world.changes.resume({ scope: 'controller', name: NORR }, 'over', 'admin')
    expect(seen()).toEqual(['dataset', undefined, undefined])
    await world.changes.resume({ scope: 'dataset', name: 'norr' }, 'over', 'admin')
    expect(seen()).toEqual([undefined, undefined, undefined])
    await expect(world.changes.resume({ scope: 'network' }, 'over', 'admin')).rejects.toThrow(/is not paused/)
    expect(world.changes.pauses()).toHaveLength(3)
  })

  test.each<[string, object, string, RegExp]>([
    ['of a dataset that is not there', { scope: 'dataset', name: 'x' }, 'r', /there is no dataset x/],
    ['of a controller who is none', { scope: 'controller', name: 'x' }, 'r', /responsible for no dataset/],
    ['of a dataset without a name', { scope: 'dataset' }, 'r', /name the dataset/],
    ['of a network with a name', { scope: 'network', name: 'x' }, 'r', /the network has no name/],
    ['of something else', { scope: 'node' }, 'r', /network, controller, dataset/],
    ['without a reason', { scope: 'network' }, ' ', /reason/],
  ])('is refused %s', async (_, scope, reason, message) => {
    await expect(world.changes.pause(scope, reason, 'admin')).rejects.toThrow(message)
  })
})
