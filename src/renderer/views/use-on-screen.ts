/** Which drawings can be seen: of two hundred lanes and fifty charts, those that are scrolled away need not be drawn. */
import { type Signal, useSignal } from '@preact/signals'
import type { RefObject } from 'preact'
import { useLayoutEffect } from 'preact/hooks'

const seen = new WeakMap<Element, Signal<boolean>>()
/** What comes into view soon is drawn already. */
const AHEAD = '150px'

let observer: IntersectionObserver | null = null

function observerOfAll(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const signal = seen.get(target)
        if (signal) signal.value = isIntersecting
      }
    },
    { rootMargin: AHEAD },
  )
  return observer
}

/** @returns whether an element is on the screen, or near it; until that is known it is taken to be */
export function useOnScreen(element: RefObject<Element | null>): Signal<boolean> {
  const isSeen = useSignal(true)
  useLayoutEffect(() => {
    const { current } = element
    if (!current) return
    seen.set(current, isSeen)
    observerOfAll().observe(current)
    return () => observerOfAll().unobserve(current)
  }, [])
  return isSeen
}
