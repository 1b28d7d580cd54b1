export interface Position {
  lat: number
  lon: number
  accuracy?: number
}

const minute = 60_000
let last: { position: Position; at: number } | undefined

const toTheMillionth = (degrees: number) => Math.round(degrees * 1e6) / 1e6

/** Where the phone is. It asks the person where they were not asked before; they may refuse. */
export function locate(): Promise<Position> {
  return new Promise((found, failed) =>
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const position = {
          lat: toTheMillionth(coords.latitude),
          lon: toTheMillionth(coords.longitude),
          accuracy: Math.round(coords.accuracy),
        }
        last = { position, at: Date.now() }
        found(position)
      },
      failed,
      { enableHighAccuracy: true, timeout: 20_000, maximumAge: minute },
    ),
  )
}

/** Begins to look where the phone is, where that asks nobody. */
export async function glance(): Promise<void> {
  try {
    const { state } = await navigator.permissions.query({ name: 'geolocation' })
    if (state === 'granted') await locate()
  } catch {
    // It is not known then.
  }
}

/** Where the phone was a moment ago, as far as anybody looked. */
export const lastKnown = (now: Date): Position | undefined =>
  last && Math.abs(now.getTime() - last.at) <= 5 * minute ? last.position : undefined
