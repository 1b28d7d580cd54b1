const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ł', 'l').replaceAll('Ł', 'L').toLowerCase()

/** Whether what was typed is found in a text, however that is accented. */
export const finds = (typed: string, text: string) => fold(text).includes(fold(typed.trim()))
