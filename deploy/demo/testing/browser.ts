/** What a browser does of a login: cookies of one site, redirects, forms. */
export interface Browser {
  /** Follows redirects until a page comes, or until an address that `isEnd` says. */
  open(url: string, isEnd?: (url: string) => boolean): Promise<Page>
  /** Sends the form of a page, with what its hidden fields say. */
  submit(page: Page, fields: Readonly<Record<string, string>>, isEnd?: (url: string) => boolean): Promise<Page>
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly text: string
}

const MOST_REDIRECTS = 15

export function createBrowser(): Browser {
  const jar = new Map<string, string>()

  const send = async (url: string, form?: URLSearchParams): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form ? { method: 'POST', body: form } : {}),
    })
    for (const line of response.headers.getSetCookie()) {
      const pair = line.split(';')[0]!
      const at = pair.indexOf('=')
      jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  const follow = async (first: string, form: URLSearchParams | undefined, isEnd: (url: string) => boolean) => {
    let url = first
    let body = form
    for (let i = 0; i < MOST_REDIRECTS; i++) {
      const response = await send(url, body)
      body = undefined
      const location = response.headers.get('location')
      if (location === null) return { url, status: response.status, text: await response.text() }
      await response.arrayBuffer()
      url = new URL(location, url).href
      if (isEnd(url)) return { url, status: response.status, text: '' }
    }
    throw new Error(`too many redirects from ${first}`)
  }

  const never = () => false
  return {
    open: (url, isEnd = never) => follow(url, undefined, isEnd),
    submit(page, fields, isEnd = never) {
      const form = /<form[^>]*action="([^"]*)"/.exec(page.text)
      if (!form) throw new Error(`there is no form in ${page.text}`)
      const hidden = [...page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => {
        const attribute = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
        return [attribute('name'), attribute('value')]
      })
      const body = new URLSearchParams([...hidden, ...Object.entries(fields)])
      return follow(new URL(form[1]!, page.url).href, body, isEnd)
    },
  }
}
