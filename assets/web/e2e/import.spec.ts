import { acceptKiosk, answerKiosk, fillKiosk, offerKiosk } from './kiosk'
import { answersOn } from './memory'
import { Office } from './office'
import { send } from './shopper'
import { appIsKept, checklistIsKept, expect, signIn, test, wide } from './test'

test('what a phone cannot send is saved to a file, taken in by a coordinator, told to its shopper, and approved by somebody else', async ({
  page: phone,
  context,
  office,
  elsewhere,
  troubles,
}) => {
  const [whole, half] = [await offerKiosk(office, 'WAW-01'), await offerKiosk(office, 'WAW-02')]
  await fillKiosk(phone, whole)
  await acceptKiosk(phone, half)
  await appIsKept(phone)
  await checklistIsKept(phone, half)
  troubles.expectUnreachable()
  await context.setOffline(true)
  await phone.getByRole('radio', { name: 'Yes' }).check()
  await expect.poll(() => answersOn(phone, half)).toEqual({ greeted: 'yes' })
  await phone.goto(`/visits/${whole.id}/evaluation?part=summary`)
  await send(phone)
  await expect(phone.getByText('There is no connection:')).toBeVisible()

  await phone.goto('/me')
  await expect(phone.getByText('2 evaluations are on this phone and not with the server.')).toBeVisible()
  const downloading = phone.waitForEvent('download')
  await phone.getByRole('button', { name: 'Save unsent work to a file' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^fieldcare-unsent-.*\.zip$/)
  const file = {
    name: download.suggestedFilename(),
    mimeType: 'application/zip',
    buffer: await buffered(await download.createReadStream()),
  }

  const desk = await elsewhere(wide)
  await signIn(desk, 'coordinator')
  await desk.getByRole('link', { name: 'Take in a shopper’s file' }).click()
  await desk.getByLabel('The file').setInputFiles({ ...file, buffer: Buffer.from('no ZIP') })
  await expect(desk.getByLabel('The file')).toHaveAccessibleDescription(/This is no file of unsent work/)
  await desk.getByLabel('The file').setInputFiles(file)
  await expect(desk.getByText('There are 2 evaluations in the file.')).toBeVisible()
  const of = (branch: string) => desk.getByRole('listitem').filter({ hasText: branch })
  await expect(of(whole.branch)).toContainText('Sam Rivers')
  await expect(of(whole.branch)).toContainText('3 answers, 1 photo')
  await expect(of(half.branch)).toContainText('1 answer, 0 photos')
  await expect(of(half.branch)).toContainText('Not finished on the phone')
  await desk.getByRole('button', { name: 'Take it in' }).click()
  await expect(of(whole.branch)).toContainText('Taken in')
  await expect(of(half.branch)).toContainText('Refused')
  await expect(of(half.branch)).toContainText(/“What was said\?”: .+/)
  await desk.getByLabel('The file').setInputFiles(file)
  await desk.getByRole('button', { name: 'Take it in' }).click()
  await expect(of(whole.branch)).toContainText('Was here already')

  await of(whole.branch).getByRole('link', { name: 'Look at it' }).click()
  await expect(desk.getByText('Handed in from a file')).toBeVisible()
  await expect(desk.getByText('Carol Lis handed it in from a file that the shopper saved on the phone')).toBeVisible()
  await expect(desk.getByText('You handed this evaluation in from the shopper’s file: somebody else approves it.')).toBeVisible()
  await expect(desk.getByRole('button', { name: 'Approve' })).toHaveCount(0)
  expect(await office.handedIn(whole)).toMatchObject([{ state: 'submitted', revision: 1, photos: [{}] }])
  expect(await office.handedIn(half)).toEqual([])

  const records = new Office(office.url)
  await records.signIn('admin')
  const shopper = (await office.shoppers()).find((s) => s.name === 'Sam Rivers')!
  expect(await records.mails('evaluation-handed-in')).toMatchObject([{ to: shopper.id }])

  const admin = await elsewhere(wide)
  await signIn(admin, 'admin')
  await admin.goto(new URL(desk.url()).pathname)
  await expect(admin.locator('#question-shelf').getByRole('button', { name: 'Open photo 1 of “The shelf”' })).toBeVisible()
  await admin.getByText('8', { exact: true }).click()
  await admin.getByRole('button', { name: 'Approve', pressed: false }).click()
  await expect(admin.getByText('Approved.')).toBeVisible()

  await context.setOffline(false) // in the end the phone is in a signal again: what it has is the same, and leaves it
  await phone.goto('/me')
  await expect(phone.getByText('One evaluation is on this phone and not with the server.')).toBeVisible()
  await phone.goto(`/visits/${half.id}/evaluation`)
  await answerKiosk(phone)
  await send(phone)
  await expect(phone.getByText('The server has it. Thank you.')).toBeVisible()
  expect(await office.handedIn(half)).toMatchObject([{ state: 'submitted', revision: 1 }])
})

async function buffered(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}
