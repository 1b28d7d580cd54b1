import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb'
import type { Schemas } from '../api/client'

export type Visit = Schemas['Visit']
export type Version = Schemas['PublishedVersion']
export type OwnEvaluation = Schemas['OwnEvaluation']
export type OwnPhoto = Schemas['OwnPhoto']
/** A focus group, as far as who stands at its door needs it. */
export type Session = Pick<Schemas['ModeratedGroup'], 'id' | 'topic' | 'zone' | 'starts' | 'ends' | 'starts_at' | 'ends_at' | 'seats'>

/** An answer as the API takes it: see the checklist's types. */
export type Answer = string | number | string[] | { [key: string]: unknown }

/** Whoever worked on this phone. Everything else is kept by their id. */
export interface Person {
  id: string
  name: string
  email: string
  roles: string[]
}

/** Somebody who worked on this phone. */
export interface Known extends Person {
  /** When they came last, in milliseconds; 0 once they signed out or somebody else came: at most one person is here. */
  last: number
  /** They signed out, and the server does not know it yet. */
  leaving?: boolean
}

/** What the server has against an evaluation. */
export interface Refused {
  /** The stable word for it, such as urn:fieldcare:evaluation-exists. */
  type?: string
  status: number
  detail: string
  errors: { pointer: string; detail: string; question?: string }[]
}

/** The work on one visit. Its answers are rows of their own: each is written before the next tap. */
export interface Draft {
  user: string
  visit: string
  /** The evaluation's id, chosen here: sent again, it is still the same one. */
  evaluation: string
  /** The number of the revision that this one changes; 0 of a first evaluation. */
  basedOn: number
  checklist: string
  version: number
  begun: string
  finished: string
  moments: { id: string; at: string }[]
  /** The stop-watches that run, by question: since when, in milliseconds. */
  watches?: Record<string, number | undefined>
  /** The question that the camera was opened for and has not given a photo to yet: a phone may end the browser behind it. */
  camera?: string | undefined
  /** open: still filled; frozen: waits to be sent, and is not changed any more; refused: the server said no. */
  state: 'open' | 'frozen' | 'refused'
  /** What is sent, once it is frozen: the very text, so that sending it again is the same. */
  content: string
  refusal?: Refused
  /** How many photos of what is frozen the server does not have yet. */
  left?: number
  changed: number
}

export interface AnswerRow {
  user: string
  visit: string
  question: string
  answer: Answer
}

/** A photo on the phone. It goes when the evaluation that names it has arrived. */
export interface PhotoRow {
  user: string
  sha256: string
  visit: string
  question: string
  bytes: ArrayBuffer
  type: string
  width: number
  height: number
  taken_at: string
  source: 'camera' | 'gallery'
  position?: { lat: number; lon: number; accuracy?: number }
  /** Whether the server has it. */
  arrived: boolean
}

/** A session's attendance as it was read last. */
export interface DoorRow {
  user: string
  group: string
  session: Session
  attendance: Schemas['SessionAttendance']
  read: number
}

/** What was seen at a door and has not reached the server: the very text, so that sending it again is the same. */
export interface SeenRow {
  user: string
  group: string
  /** The record's id; of a walk-in that of the invitation that it makes. */
  id: string
  invitation: string
  kind: 'record' | 'walk-in'
  name: string
  /** recorded_at of the content: they are sent in this order. */
  seen: string
  content: string
  /** What the server has against it. */
  refusal?: string
}

interface Kept extends DBSchema {
  people: { key: string; value: Known }
  visits: { key: [string, string]; value: { user: string; id: string; visit: Visit; read: number } }
  evaluations: { key: [string, string]; value: { user: string; id: string; evaluation: OwnEvaluation } }
  versions: { key: [string, string, number]; value: { user: string; checklist: string; number: number; version: Version } }
  drafts: { key: [string, string]; value: Draft }
  answers: { key: [string, string, string]; value: AnswerRow }
  photos: { key: [string, string, string]; value: PhotoRow; indexes: { visit: [string, string] } }
  doors: { key: [string, string]; value: DoorRow }
  seen: { key: [string, string, string]; value: SeenRow }
}

const name = 'fieldcare'
let opened: Promise<IDBPDatabase<Kept>> | undefined

function open(): Promise<IDBPDatabase<Kept>> {
  opened ??= openAs(2)
    .catch((error: unknown) => {
      // A newer app was here, in another tab: stores are only ever added, so that this one can go on with what it knows.
      if (named(error, 'VersionError')) return openAs(undefined)
      throw error
    })
    .catch((error: unknown) => {
      opened = undefined
      throw error
    })
  return opened
}

const openAs = (version: number | undefined) =>
  openDB<Kept>(name, version, {
    upgrade(db, before) {
      if (before < 1) {
        db.createObjectStore('people', { keyPath: 'id' })
        db.createObjectStore('visits', { keyPath: ['user', 'id'] })
        db.createObjectStore('evaluations', { keyPath: ['user', 'id'] })
        db.createObjectStore('versions', { keyPath: ['user', 'checklist', 'number'] })
        db.createObjectStore('drafts', { keyPath: ['user', 'visit'] })
        db.createObjectStore('answers', { keyPath: ['user', 'visit', 'question'] })
        db.createObjectStore('photos', { keyPath: ['user', 'visit', 'sha256'] }).createIndex('visit', ['user', 'visit'])
      }
      if (before < 2) {
        db.createObjectStore('doors', { keyPath: ['user', 'group'] })
        db.createObjectStore('seen', { keyPath: ['user', 'group', 'id'] })
      }
    },
    // Another tab has a newer app that waits for this one to let go.
    blocking: (_, __, event) => lose(event.target as IDBDatabase),
    terminated: () => (opened = undefined),
  })

function lose(db: IDBDatabase) {
  opened = undefined
  db.close()
}

/**
 * Does something with what is kept on the phone. A connection that was lost (phones take it away from pages in the
 * background) is opened again, once.
 */
export async function kept<T>(work: (db: IDBPDatabase<Kept>) => Promise<T>): Promise<T> {
  const connection = open()
  try {
    return await work(await connection)
  } catch (error) {
    if (!named(error, 'InvalidStateError', 'AbortError', 'UnknownError')) throw error // each is some browser's word for it
    if (opened === connection) opened = undefined
    return await work(await open())
  }
}

/** Changes what is kept: all of it or nothing. It is on the phone when the promise is fulfilled. */
export function write<T, N extends StoreNames<Kept>>(
  stores: N[],
  work: (tx: IDBPTransaction<Kept, N[], 'readwrite'>) => Promise<T>,
): Promise<T> {
  return kept(async (db) => {
    const tx = db.transaction(stores, 'readwrite', { durability: 'strict' })
    let why: unknown
    const ended = tx.done.catch((error: unknown) => (why = error))
    try {
      const result = await work(tx)
      await ended
      if (why) throw why
      return result
    } catch (error) {
      try {
        tx.abort()
      } catch {
        // It was over already.
      }
      await ended
      throw isFull(why) ? why : error // a full phone ends all that is waiting with "aborted", and says why only here
    }
  })
}

const named = (error: unknown, ...names: string[]) => error instanceof DOMException && names.includes(error.name)

/** True of the error that says that the phone has no room left. */
export const isFull = (error: unknown) => named(error, 'QuotaExceededError')
