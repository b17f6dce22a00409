/**
 * Containers that processes share: Python's `multiprocessing.Manager`. Python starts a server process for them; here the
 * process that makes one keeps it, and answers while it does something else.
 */
import { type ObjectOptions, registerClass } from '../shared-object/shared-object.ts'
import { type DictKey, SharedDict } from './dict.ts'
import { SharedList } from './list.ts'
import { Namespace } from './namespace.ts'

export class Manager {
  dict<K extends DictKey = string, V = unknown>(options?: ObjectOptions): SharedDict<K, V> {
    return new SharedDict<K, V>(options)
  }

  list<T = unknown>(options?: ObjectOptions): SharedList<T> {
    return new SharedList<T>(options)
  }

  namespace<T extends object = Record<string, unknown>>(options?: ObjectOptions): Namespace<T> {
    return new Namespace<T>(options)
  }
}

registerClass('dict', SharedDict)
registerClass('list', SharedList)
registerClass('namespace', Namespace)
