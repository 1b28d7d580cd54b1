import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Writes a .gz beside every built file that is smaller for it: the program sends them as they are. */
export function packed(): Plugin {
  let folder = ''
  return {
    name: 'packed',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir
    },
    async closeBundle() {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        const name = join(entry.parentPath, entry.name)
        if (!entry.isFile() || name.endsWith('.gz') || name.endsWith('.png')) continue
        const content = await readFile(name)
        const smaller = gzipSync(content, { level: 9 })
        if (smaller.length < content.length) await writeFile(name + '.gz', smaller)
      }
    },
  }
}
