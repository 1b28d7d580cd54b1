import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'
import { firstLoad } from './build/first-load.ts'
import { packed } from './build/packed.ts'
import { serviceWorker } from './build/service-worker.ts'

const program = process.env.FIELDCARE_URL ?? 'http://127.0.0.1:8080'

/** Svelte's part for fields that are bound to a value, which no page of the first load has. */
const boundFields = /svelte\/.*\/bindings\/(input|select)\.js$/

export default defineConfig({
  plugins: [
    svelte(),
    firstLoad(['src/pages/SignIn.svelte', 'src/pages/shopper/Visits.svelte', 'src/pages/shopper/Evaluation.svelte'], 45_000),
    serviceWorker('src/sw.js'),
    packed(),
  ],
  build: {
    outDir: 'dist/app',
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0, // the policy allows no data: addresses
    reportCompressedSize: false,
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: boundFields, sideEffects: false }] },
      output: {
        // All of the first load in one file: pressed together it is a tenth smaller.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: 'bound', test: boundFields, priority: 1 },
            { name: 'app', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': program } },
})
