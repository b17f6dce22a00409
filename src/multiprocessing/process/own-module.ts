/** @param name a module of the library as it lies in its folder, such as `child/entry`. @returns where it is, built or not */
export function ownModule(name: string): URL {
  const extension = /\.[a-z]+$/.exec(new URL(import.meta.url).pathname)?.[0] ?? '.js'
  return new URL(`../${name}${extension}`, import.meta.url)
}
