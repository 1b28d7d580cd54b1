import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Question } from '../src/checklist/answer'
import { questionsOf } from './checklists'
import type { Document } from '../src/checklist/rules'

const escaped = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The controls of a question as HTML has them, without anything that is not needed to answer. */
function controls(q: Question): string {
  const name = escaped(q.id)
  const options = (type: string, values: string[]) =>
    values.map((value) => `<label><input type="${type}" name="${name}" value="${escaped(value)}"> ${escaped(value)}</label>`).join('\n')
  switch (q.type) {
    case 'choice':
      return options(
        'radio',
        (q.options ?? []).map((o) => o.text),
      )
    case 'choices':
      return options(
        'checkbox',
        (q.options ?? []).map((o) => o.text),
      )
    case 'scale':
      return options(
        'radio',
        Array.from({ length: (q.to ?? 0) - (q.from ?? 0) + 1 }, (_, i) => String((q.from ?? 0) + i)),
      )
    case 'text':
      return `<textarea name="${name}"></textarea>`
    case 'photo':
      return `<input type="file" accept="image/*" name="${name}">`
    case 'receipt':
      return `<input name="${name}" inputmode="decimal"> <input type="file" accept="image/*" name="${name}">`
    case 'date':
    case 'time':
      return `<input type="${q.type}" name="${name}">`
    case 'note':
      return ''
    default:
      return `<input name="${name}" inputmode="numeric">`
  }
}

/** A page of the same questions that keeps each answer in the browser's storage, and can do nothing else. */
function page(document: Document): string {
  const fieldset = (q: Question) =>
    `<fieldset id="question-${escaped(q.id)}"><legend>${escaped(q.text)}</legend>\n${controls(q)}</fieldset>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Plain</title><link rel="icon" href="data:,">
<script>addEventListener('input', ({ target }) => localStorage.setItem(target.name, target.value))</script></head>
<body><h1>${escaped(document.title)}</h1>
<form>${questionsOf(document).map(fieldset).join('\n')}</form>
</body></html>`
}

/** Serves the plain page of each checklist at its place in the list: /0, /1, … */
export async function servePlain(documents: Document[]): Promise<{ url: string; close: () => void }> {
  const pages = documents.map(page)
  const server: Server = createServer(({ url }, answer) => {
    const text = pages[Number(url?.slice(1))]
    answer.writeHead(text ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' }).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
