/** The portal's style sheet. Colours keep a contrast of at least 4.5 to 1 in both schemes. */
export const STYLE = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5 }
body { margin: 0; background: Canvas; color: CanvasText }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem }
h1 { font-size: 1.5rem }
h2 { font-size: 1.15rem; overflow-wrap: anywhere }
form { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center }
input { flex: 1 1 20rem; font-family: ui-monospace, monospace }
input, select, button { font-size: 1rem; padding: .4rem .6rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid GrayText; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
#verdict { font-size: 1.25rem; font-weight: 600 }
#problem { font-weight: 600 }
#problem:empty, #frequency:empty { display: none }
`
