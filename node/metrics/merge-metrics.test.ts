import { expect, test } from '@jest/globals'
import { keepCounted, labelWorker, mergeMetrics } from './merge-metrics.js'
import { createNodeMetrics } from './metrics.js'

function createWorker(requests: number, seconds: number) {
  const metrics = createNodeMetrics()
  metrics.requests.inc({ route: '/r', method: 'GET', status: 200 }, requests)
  metrics.seconds.observe({ route: '/r', method: 'GET' }, seconds)
  return metrics
}

test('counters and histograms of processes add up, and figures of a process keep its name', async () => {
  const workers = [createWorker(3, 0.004), createWorker(4, 0.2)]
  const parts = await Promise.all(
    workers.map(async ({ registry }, index) => labelWorker(await registry.getMetricsAsJSON(), String(index + 1))),
  )
  const text = await mergeMetrics(parts).metrics()
  expect(text).toContain('fyr_http_requests_total{route="/r",method="GET",status="200"} 7\n')
  expect(text).toContain('fyr_http_request_seconds_bucket{le="0.005",route="/r",method="GET"} 1\n')
  expect(text).toContain('fyr_http_request_seconds_bucket{le="0.25",route="/r",method="GET"} 2\n')
  expect(text).toContain('fyr_http_request_seconds_count{route="/r",method="GET"} 2\n')
  for (const worker of ['1', '2']) {
    expect(text).toMatch(new RegExp(`^process_start_time_seconds\\{worker="${worker}"\\} \\d+$`, 'm'))
    expect(text).toMatch(new RegExp(`^nodejs_eventloop_lag_mean_seconds\\{worker="${worker}"\\} `, 'm'))
  }
  expect(text).not.toMatch(/^process_\w+ /m)
})

test('of a process that ended its counts are kept, time after time, and nothing of what it was', async () => {
  let counted = keepCounted(await createWorker(1, 1).registry.getMetricsAsJSON())
  for (const requests of [2, 3]) {
    const ended = keepCounted(await createWorker(requests, 1).registry.getMetricsAsJSON())
    counted = await mergeMetrics([counted, ended]).getMetricsAsJSON()
  }
  const text = await mergeMetrics([counted]).metrics()
  expect(text).toContain('fyr_http_requests_total{route="/r",method="GET",status="200"} 6\n')
  expect(text).toContain('fyr_http_request_seconds_sum{route="/r",method="GET"} 3\n')
  expect(text).not.toMatch(/process_|nodejs_/)
})

test('metrics of requests alone can be read without those of the process', async () => {
  expect((await createWorker(1, 1).ofRequests.getMetricsAsJSON()).map(({ name }) => name)).toEqual([
    'fyr_http_requests_total',
    'fyr_http_request_seconds',
    'fyr_htsget_tickets_total',
    'fyr_htsget_bytes_total',
  ])
})
