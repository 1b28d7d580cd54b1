import js from '@eslint/js'
import svelte from 'eslint-plugin-svelte'
import globals from 'globals'
import ts from 'typescript-eslint'
import svelteConfig from './svelte.config.js'

/** Who may import what: views neither fetch nor touch what is kept on the phone, and the outbox never touches the page. */
const rooms = (files, patterns, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: patterns, message }] }] },
})

export default ts.config(
  { ignores: ['dist', 'src/api/schema.d.ts', 'test-results'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.serviceworker } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'svelte/prefer-svelte-reactivity': 'off', // what is replaced whole need not be reactive inside
      'svelte/no-navigation-without-resolve': 'off', // there is no SvelteKit here
      'no-restricted-globals': ['error', { name: 'fetch', message: 'ask through api/client.ts' }],
    },
  },
  { files: ['src/api/client.ts', 'src/sw.js', 'e2e/**'], rules: { 'no-restricted-globals': 'off' } },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } } },
  {
    files: ['e2e/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['innerText', 'allInnerTexts'].map((property) => ({ property, message: 'textContent: what is scrolled away has no innerText' })),
      ],
    },
  },
  rooms(['src/pages/**', 'src/ui/**'], ['idb', '**/offline/db'], 'views read through the stores'),
  rooms(['src/offline/**'], ['svelte', '**/ui/**', '**/pages/**'], 'what is kept and sent knows no page'),
  { files: ['build/**', '*.ts', '*.js', 'e2e/**', 'bench/**'], languageOptions: { globals: globals.node } },
)
