import type { Page } from '@playwright/test'
import type { Answer } from '../src/checklist/answer'
import { asSent, standing } from '../src/checklist/rules'
import { Chance } from './chance'
import { entryFor, everything, moments, questionsIn, tapFor, taps, type Entry } from './everything'
import { looks, onPhone, seen, seenTapped, type Seen } from './memory'
import { clock, ends, fates, followTo, interruptions, Phone, type Interruption } from './interruption'
import { no, test } from './proxy'
import { lookAgain, openVisit, send } from './shopper'
import { appIsKept, checklistIsKept, expect, signIn } from './test'

const seed = Number(process.env.FIELDCARE_SEED ?? 1)
const many = 100
const whileSending = 2 * fates.length + 1

test(`nothing is lost in ${many} interruptions (FIELDCARE_SEED=${seed})`, async ({ page, context, program, office, way, troubles }) => {
  test.slow() // a minute on a machine that has nothing else to do
  const chance = new Chance(seed)
  const visit = await office.offer('Look at everything.', await office.publish(everything))
  const phone = new Phone(context, way, program)
  await phone.hasItsOwnClock()
  phone.page = page
  await signIn(page, 'shopper')
  await openVisit(page, visit)
  await page.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('link', { name: 'Fill in the evaluation' }).click()
  await expect(page.locator('fieldset').first()).toBeVisible()
  await appIsKept(page)
  await checklistIsKept(page, visit)
  troubles.expectUnreachable()
  troubles.expectRefusals()

  const parts = everything.sections.map((s) => s.id)
  const notes = 'notes'
  const addressOf = (part: string) => `/visits/${visit.id}/${part === notes ? 'in-branch' : 'evaluation?part=' + part}`

  const kept = async () => {
    const { draft, answers, photos } = await onPhone(phone.page, visit)
    const tapped = draft?.moments.map(({ id, at }) => `${id} ${at}`) ?? []
    return { draft, photos, entered: tapped.length > 0 ? { ...answers, [taps]: tapped } : answers }
  }
  const { evaluation } = (await kept()).draft!

  /** What the shopper entered and saw kept. */
  const memory: Record<string, Answer> = {}
  const remember = (question: string, answer: Answer | undefined) => {
    if (answer === undefined) delete memory[question]
    else memory[question] = answer
  }
  const visible = () => standing(everything, memory).visible
  const tapped = () => (memory[taps] ?? []) as string[]
  /** The phone has all that is remembered, in the evaluation that was begun first. Tells how that stands. */
  const isKept = async () => {
    const { draft, entered, photos } = await kept()
    expect(entered).toEqual(memory)
    expect(photos).toMatchObject(Object.fromEntries(photosIn(memory).map((hash) => [hash, hash])))
    expect(draft?.evaluation).toBe(evaluation)
    return draft!
  }
  /** The screen shows all that is remembered of a part, and the phone has it. */
  const isThere = async (page: Page, part: string) => {
    if (part === notes) {
      const numbers = moments.flatMap(({ id }, i) => (tapped().some((tap) => tap.startsWith(id + ' ')) ? i + 1 : []))
      await expect.poll(() => seenTapped(page), 'the screen of notes').toEqual(numbers)
    } else {
      const questions = questionsIn(part).filter((q) => visible().has(q.id))
      const expected: Record<string, Seen> = Object.fromEntries(questions.map((q) => [q.id, looks(q, memory[q.id])]))
      await expect.poll(() => seen(page), `the screen of ${part}`).toEqual(expected)
    }
    await isKept()
  }

  const happened: string[] = []
  const interrupt = async ({ name, happens }: Interruption, address: string, when: string) => {
    happened.push(`${happened.length + 1}. ${name}${when}`)
    const more = await happens(phone, address, chance)
    if (typeof more === 'string') happened.push(`${happened.pop()}: ${more}`)
  }

  const entryIn = (part: string): Entry | undefined => {
    if (part === notes) return tapFor(memory[taps], chance)
    const question = chance.of(questionsIn(part).filter((q) => visible().has(q.id)))
    return entryFor(question, memory[question.id], chance)
  }
  const isDone = async ({ question, what, done }: Entry) => {
    await expect.poll(async () => done((await kept()).entered[question]), what).toBe(true)
    remember(question, (await kept()).entered[question])
  }
  /** Something is entered on both of two pages at once, of which neither knows yet what the other one has. */
  const bothTabs = async (other: Page, part: string, entry: Entry) => {
    const elsewhere = chance.of([...parts, notes])
    const second = entryIn(elsewhere)
    const hangs = [entry, second].some((one) => ['sign', 'asked-whom'].includes(one?.question ?? '')) // one hides the other
    if (!second || hangs || second.question === entry.question) return
    await followTo(other, addressOf(elsewhere))
    await isThere(other, elsewhere)
    happened.push(`${happened.length + 1}. two tabs at once: ${entry.what}, and ${second.what}`)
    const enter = async (page: Page, { enter, types }: Entry) => {
      await enter(page)
      if (types) await page.keyboard.type(types)
    }
    await Promise.all([enter(phone.page, entry), enter(other, second)])
    for (const one of [entry, second]) await isDone(one)
    await isThere(phone.page, part)
    await isThere(other, elsewhere)
  }

  const fill = async () => {
    let part = parts[0]!
    while (happened.length < many - whileSending) {
      if (chance.one(4)) {
        part = chance.of([...parts, notes])
        await phone.page.goto(addressOf(part))
      }
      const entry = entryIn(part)
      if (!entry) continue
      await isThere(phone.page, part)
      if (phone.other && chance.one(3)) {
        await bothTabs(phone.other, part, entry)
        continue
      }
      const interruption = chance.of(interruptions)
      const { page } = phone
      await entry.enter(page)
      const typing = entry.types ? page.keyboard.type(entry.types).catch(() => undefined) : undefined
      const inTheMiddle = chance.one(2) && !interruption.between
      if (inTheMiddle) {
        await interrupt(interruption, addressOf(part), `, while entering ${entry.what}`)
        await typing
      }
      if (inTheMiddle && interruption.ends) {
        // Of what was being entered, any part may be there, and nothing else.
        await expect(phone.page.locator('fieldset, .moments').first()).toBeVisible()
        const answer = (await kept()).entered[entry.question]
        expect(entry.begun(answer), `${entry.what}: ${JSON.stringify(answer)}`).toBe(true)
        remember(entry.question, answer)
      } else {
        await typing
        await isDone(entry)
      }
      if (!inTheMiddle) {
        await isThere(phone.page, part)
        await interrupt(interruption, addressOf(part), `, after ${entry.what}`)
      }
      await isThere(phone.page, part)
    }
  }

  /** From now on what is sent has this fate, and nothing else has. */
  const sent = (path: string, fate: (typeof fates)[number]['fate']) => {
    way.fate = (passing) => (passing.method !== 'GET' && passing.path.startsWith('/api/v1' + path) ? fate : 'pass')
  }

  const hand = async () => {
    await phone.isWell()
    await phone.close()
    await phone.open(addressOf(parts[0]!))
    for (const part of parts) {
      await isThere(phone.page, part)
      await phone.page.getByRole('link', { name: /^(Next|To the summary)$/ }).click()
    }
    sent('/', 'away')
    await send(phone.page)
    await interrupt(chance.of(ends), addressOf('summary'), ', at the very tap')
    if ((await isKept()).state === 'open') await send(phone.page) // the page that was to send is gone
    await expect.poll(async () => (await isKept()).state).toBe('frozen')
    const { content } = await isKept()

    const withPhotos = photosIn(asSent(memory, standing(everything, memory))).length > 0
    for (const path of withPhotos ? ['/photos', '/evaluations'] : ['/evaluations']) {
      for (const { name, fate, says } of chance.shuffled(fates)) {
        await clock.happens(phone, '', chance)
        sent(path, fate)
        const before = way.passed.length
        await interrupt(chance.of(ends), addressOf('summary'), `, while ${path} are sent: ${name}`)
        await lookAgain(phone.page)
        await expect.poll(() => way.passed.slice(before).filter((p) => p.method !== 'GET' && p.path.includes(path))).not.toEqual([])
        if (says) await expect(phone.page.getByText(says)).toBeVisible()
        expect(await isKept(), 'it waits as it is').toMatchObject({ state: 'frozen', content })
      }
    }
    // The very page that was asked to wait while the clock was wrong sends when it is right again.
    await phone.setClock(72 * 3600_000)
    sent('/evaluations', no(503, 1))
    await phone.page.reload()
    await lookAgain(phone.page)
    await expect(phone.page.getByText('The server is busy.')).toBeVisible()
    await phone.isWell()
    await lookAgain(phone.page)
    await expect(phone.page.getByText('The server has it. Thank you.')).toBeVisible()
    expect((await kept()).draft).toBeUndefined()
    expect(new Set(way.to('POST', '/evaluations').map((p) => p.body.toString()))).toEqual(new Set([content]))
  }

  try {
    await fill()
    await hand()
  } catch (error) {
    throw new Error(`FIELDCARE_SEED=${seed}, after:\n${happened.join('\n')}\n${String(error)}`, { cause: error })
  }

  const arrived = await office.handedIn(visit)
  expect(arrived.map(({ id, state, revision }) => ({ id, state, revision }))).toEqual([{ id: evaluation, state: 'submitted', revision: 1 }])
  const answered = asSent(memory, standing(everything, memory))
  expect(arrived[0]!.answers).toEqual(answered)
  expect(arrived[0]!.photos.map((p) => p.sha256).sort()).toEqual(photosIn(answered).sort())
  expect(arrived[0]!.moments.map(({ id, at }) => `${id} ${new Date(at).toISOString()}`)).toEqual(tapped())
})

/** The photos that answers name. */
const photosIn = (answers: Record<string, Answer>): string[] =>
  Object.values(answers).flatMap((answer) => (typeof answer === 'object' && 'photos' in answer ? (answer.photos as string[]) : []))
