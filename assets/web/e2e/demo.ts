import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program, surroundings } from './program'

/** Makes the demo once, unless FIELDCARE_DEMO_DATA names a folder that has one of today; each test uses a copy of it. */
export default function demo(): (() => void) | undefined {
  if (process.env.FIELDCARE_DEMO_DATA) return undefined
  const data = mkdtempSync(join(tmpdir(), 'fieldcare-demo-'))
  const remove = () => rmSync(data, { recursive: true, force: true })
  try {
    execFileSync(program(), ['demo'], { env: surroundings({ FIELDCARE_DATA: data }), stdio: ['ignore', 'ignore', 'inherit'] })
  } catch (error) {
    remove()
    throw error
  }
  process.env.FIELDCARE_DEMO_DATA = data
  return remove
}
