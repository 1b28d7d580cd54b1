import type { Page } from '@playwright/test'
import { shot, warsaw } from './camera'
import { acceptKiosk, fillKiosk, offerKiosk } from './kiosk'
import { answersOn, onPhone } from './memory'
import { killed } from './room'
import { addPhoto, openVisit, send } from './shopper'
import { appIsKept, expect, signIn, test } from './test'

const shelf = (page: Page) => page.locator('#question-shelf')
const photos = (page: Page) => shelf(page).getByRole('img')

/** A picture made by the browser; see gives its background, and nothing of it where one sees through. */
async function picture(page: Page, width: number, height: number, type: 'image/jpeg' | 'image/png', see = '#456'): Promise<Buffer> {
  const made = await page.evaluate(
    async ([width, height, type, see]) => {
      const canvas = new OffscreenCanvas(width, height)
      const context = canvas.getContext('2d')!
      context.fillStyle = see
      context.fillRect(0, 0, width, height)
      const bytes = new Uint8Array(await (await canvas.convertToBlob({ type })).arrayBuffer())
      return Array.from(bytes)
    },
    [width, height, type, see] as const,
  )
  return Buffer.from(made)
}

const choose = (page: Page, ...files: { name: string; mimeType: string; buffer: Buffer }[]) =>
  shelf(page).getByLabel('From the gallery').setInputFiles(files)

test('a photo of the gallery says when and where the camera took it, one of the camera where the phone is now', async ({
  page,
  office,
}) => {
  await page.addInitScript(() => {
    const locate = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation)
    navigator.geolocation.getCurrentPosition = (found, ...others) =>
      locate(
        (position) => {
          found(position)
          document.documentElement.dataset.located = 'yes'
        },
        ...others,
      )
  })
  const visit = await offerKiosk(office)
  await fillKiosk(page, visit)
  await page.getByRole('link', { name: 'Back' }).last().click()

  const noted = { 0x9003: '2026:01:31 10:15:20', 0x9011: '+05:30' }
  const jpeg = await picture(page, 640, 480, 'image/jpeg')
  await choose(page, { name: 'IMG_1.jpg', mimeType: 'image/jpeg', buffer: shot(jpeg, { noted, place: warsaw }) })
  await expect(photos(page)).toHaveCount(2)

  const chooser = page.waitForEvent('filechooser')
  await shelf(page).getByText('Take a photo').click()
  await expect(page.locator('html')).toHaveAttribute('data-located', 'yes')
  const before = Date.now()
  const taken = shot(await picture(page, 640, 480, 'image/jpeg', '#654'), { noted })
  await (await chooser).setFiles({ name: 'image.jpg', mimeType: 'image/jpeg', buffer: taken })
  await expect(photos(page)).toHaveCount(3)

  await page.getByRole('link', { name: 'To the summary' }).click()
  await send(page)
  await expect(page.getByText('The server has it. Thank you.')).toBeVisible()
  const [evaluation] = await office.handedIn(visit)
  const claims = evaluation!.photos.map((p) => p.claim)
  expect(claims[1]).toEqual({
    sha256: expect.any(String),
    source: 'gallery',
    taken_at: '2026-01-31T04:45:20Z',
    position: { lat: 52.2297, lon: 21.012222 },
  })
  expect(claims[2]).toMatchObject({ source: 'camera', position: { lat: 52.2297, lon: 21.0122, accuracy: 12 } })
  expect(Date.parse(claims[2]!.taken_at!)).toBeGreaterThanOrEqual(before)
})

test('what this phone cannot read as a photo is said beside the question, and the photos that are there stay', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await addPhoto(shelf(page))

  const heic = Buffer.from('\0\0\0\u0018ftypheic\0\0\0\0mif1heic and no picture', 'latin1')
  const good = await picture(page, 64, 48, 'image/jpeg')
  await choose(
    page,
    { name: 'IMG_0815.HEIC', mimeType: 'image/heic', buffer: heic },
    { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) },
    { name: 'good.jpg', mimeType: 'image/jpeg', buffer: good },
  )
  await expect(photos(page)).toHaveCount(2)
  await expect(shelf(page).getByText(/^empty.jpg cannot be read as a photo on this phone/)).toBeVisible()
  await choose(page, { name: 'IMG_0815.HEIC', mimeType: 'image/heic', buffer: heic })
  await expect(shelf(page).getByRole('alert')).toHaveText([/^IMG_0815.HEIC cannot be read as a photo on this phone/])
  await expect(photos(page)).toHaveCount(2)

  await page.reload()
  await expect(photos(page)).toHaveCount(2)
})

test('more photos than a question takes are left out with a word', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  const files = []
  for (const colour of ['#111', '#222', '#333', '#444', '#555']) {
    files.push({ name: colour + '.jpg', mimeType: 'image/jpeg', buffer: await picture(page, 64, 48, 'image/jpeg', colour) })
  }
  await choose(page, ...files)
  await expect(photos(page)).toHaveCount(3)
  await expect(shelf(page).getByText('2 photos were left out: at most 3 fit here.')).toBeVisible()
  await expect(shelf(page).getByLabel('From the gallery')).toBeHidden()
})

test('a photo of 48 million pixels is made small, and what one sees through becomes white', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await choose(page, { name: 'large.jpg', mimeType: 'image/jpeg', buffer: await picture(page, 6048, 8064, 'image/jpeg') })
  await expect(photos(page)).toHaveCount(1)
  const size = (n: number) =>
    photos(page)
      .nth(n)
      .evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])
  await expect.poll(() => size(0)).toEqual([1536, 2048])

  await choose(page, { name: 'logo.png', mimeType: 'image/png', buffer: await picture(page, 4000, 1, 'image/png', '#0000') })
  await expect(photos(page)).toHaveCount(2)
  await expect.poll(() => size(1)).toEqual([2048, 1])
  const corner = await photos(page)
    .nth(1)
    .evaluate(async (img: HTMLImageElement) => {
      const context = new OffscreenCanvas(1, 1).getContext('2d')!
      context.drawImage(img, 0, 0)
      return Array.from(context.getImageData(0, 0, 1, 1).data)
    })
  expect(corner).toEqual([255, 255, 255, 255])
})

test('a photo is taken again, and deleted only by a second tap', async ({ page, office }) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await addPhoto(shelf(page))
  const first = await photos(page).first().getAttribute('src')

  const broken = { name: 'image.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') }
  await shelf(page).getByLabel('Retake').setInputFiles(broken)
  await expect(shelf(page).getByRole('alert')).toBeVisible()
  await expect(photos(page), 'the first one stays until there is another').toHaveAttribute('src', first!)
  const better = { name: 'image.jpg', mimeType: 'image/jpeg', buffer: await picture(page, 640, 480, 'image/jpeg') }
  await shelf(page).getByLabel('Retake').setInputFiles(better)
  await expect(photos(page)).not.toHaveAttribute('src', first!)
  await expect(photos(page)).toHaveCount(1)

  await shelf(page).getByRole('button', { name: 'Delete: Photo 1', exact: true }).click()
  await shelf(page).getByRole('button', { name: 'Keep' }).click()
  await shelf(page).getByRole('button', { name: 'Delete: Photo 1', exact: true }).click()
  await expect(photos(page)).toHaveCount(1)
  await shelf(page).getByRole('button', { name: 'Really delete: Photo 1' }).click()
  await expect(photos(page)).toHaveCount(0)
  await expect.poll(() => answersOn(page, visit)).toEqual({})
  await page.reload()
  await expect(shelf(page).getByLabel('From the gallery')).toBeAttached()
  await expect(photos(page)).toHaveCount(0)
})

test('a photo that was lost with a browser that ended behind the camera is told at its question, until one is taken or not wanted', async ({
  page,
  context,
  office,
}) => {
  const visit = await offerKiosk(office)
  await signIn(page, 'shopper')
  await acceptKiosk(page, visit)
  await appIsKept(page)
  const lost = (on: Page) => shelf(on).getByText('The photo that you were taking did not arrive. Take it again.')
  const openCamera = async (on: Page) => {
    const opening = on.waitForEvent('filechooser')
    await shelf(on).getByText('Take a photo').click()
    const camera = await opening
    await expect.poll(() => onPhone(on, visit)).toMatchObject({ draft: { camera: 'shelf' } })
    return camera
  }
  const reopen = async (on: Page) => {
    const again = await killed(on, context)
    await openVisit(again, visit)
    await again.getByRole('link', { name: 'Go on with the evaluation' }).click()
    return again
  }
  await openCamera(page)
  const other = await context.newPage()
  await other.goto(`/visits/${visit.id}/evaluation`)
  const greeted = (on: Page) => on.getByRole('radio', { name: 'Yes' })
  await greeted(other).check()
  await expect(greeted(page)).toBeChecked()
  await expect(lost(page), 'the camera is open, whatever else is entered meanwhile').toBeHidden()
  await other.close()

  const again = await reopen(page)
  await expect(lost(again)).toBeVisible()
  await again.reload()
  await expect(lost(again), 'nobody has taken it again').toBeVisible()
  const camera = await openCamera(again)
  await expect(lost(again)).toBeHidden()
  await camera.setFiles({ name: 'image.jpg', mimeType: 'image/jpeg', buffer: await picture(again, 640, 480, 'image/jpeg') })
  await expect(photos(again)).toHaveCount(1)
  await expect.poll(async () => (await onPhone(again, visit)).draft?.camera).toBeUndefined()

  await openCamera(again)
  await shelf(again).getByLabel('Take a photo').dispatchEvent('cancel') // Playwright cannot close the camera without a photo
  await expect.poll(async () => (await onPhone(again, visit)).draft?.camera).toBeUndefined()
  const last = await reopen(again)
  await expect(photos(last)).toHaveCount(1)
  await expect(lost(last)).toBeHidden()
})
