import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'vite'

/**
 * Writes sw.js from its source, with the names of all built files and a version that is their hash: any change of any
 * file makes another worker, and a worker only ever serves the files that were built together with it.
 */
export function serviceWorker(source: string): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    async generateBundle(_, bundle) {
      const hash = createHash('sha256')
      const names = Object.keys(bundle).sort()
      for (const name of names) {
        const file = bundle[name]!
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source)
      }
      const text = await readFile(source, 'utf8')
      hash.update(text)
      this.emitFile({
        type: 'asset',
        fileName: 'sw.js',
        source: text
          .replace("'__VERSION__'", JSON.stringify(hash.digest('hex').slice(0, 16)))
          .replace("'__FILES__'", JSON.stringify(names.filter((name) => name !== 'index.html').map((name) => '/' + name))),
      })
    },
  }
}
