/** The texts that are not empty, with a dot between them. */
export const joined = (...texts: (string | false | undefined)[]) => texts.filter((text) => text && text.trim()).join(' · ')
