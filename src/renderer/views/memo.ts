/** A component that is rendered again only when one of its properties is another one. */
import { Component, type FunctionComponent, h } from 'preact'

function differ(a: object, b: object): boolean {
  const keys = Object.keys(b) as (keyof typeof b)[]
  return keys.length !== Object.keys(a).length || keys.some((key) => a[key] !== b[key])
}

/** The signals that `render` reads update it by themselves, whatever its properties. */
export function memo<P extends object>(render: FunctionComponent<P>) {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return differ(this.props, next)
    }
    override render() {
      return h(render, this.props as P & object)
    }
  }
}
