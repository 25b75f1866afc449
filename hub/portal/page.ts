import { ASSEMBLY_IDS, DEFAULT_ASSEMBLY } from '../../schemas/assembly.js'

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function option(assembly: string): string {
  return `<option${assembly === DEFAULT_ASSEMBLY ? ' selected' : ''}>${assembly}</option>`
}

/**
 * The portal's page. It holds no script of its own; what it shows comes in by the live route. The form says POST, so that
 * not even a browser without JavaScript puts a question into a URL.
 */
export function toPage(name: string): string {
  const title = escapeHtml(name)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/style.css">
<script type="module" src="/assets/hub/portal/main.js"></script>
</head>
<body>
<main>
<h1>${title}</h1>
<form id="question" method="post">
<label for="variant">Variant or range</label>
<input id="variant" name="variant" required autocomplete="off" spellcheck="false" maxlength="2000"
 placeholder="17-43045712-T-C" aria-describedby="hint problem">
<label for="assembly">Assembly</label>
<select id="assembly" name="assembly">${ASSEMBLY_IDS.toReversed().map(option).join('')}</select>
<button type="submit">Ask all regions</button>
</form>
<p id="hint">Write an allele as <code>17-43045712-T-C</code> or a range as <code>chr17:43,044,295-43,170,245</code>; positions count from 1.</p>
<p id="problem" role="alert"></p>
<noscript><p>This page needs JavaScript. The same question can be asked with <code>fyr variant</code> or at <code>/beacon/v2/g_variants</code>.</p></noscript>
<section id="result" hidden aria-labelledby="asked">
<h2 id="asked"></h2>
<p id="verdict" aria-live="polite"></p>
<p id="total"></p>
<p id="frequency"></p>
<p id="completeness"></p>
<table>
<thead><tr><th scope="col">Region</th><th scope="col">Status</th><th scope="col" class="number">People</th><th scope="col" class="number" id="alleles"></th><th scope="col" class="number">Time</th></tr></thead>
<tbody id="regions"></tbody>
</table>
<p id="note"></p>
</section>
</main>
</body>
</html>
`
}
