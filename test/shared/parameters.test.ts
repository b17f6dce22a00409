import { expect, test } from 'vitest'
import {
  checkParameters,
  formatArguments,
  ParameterError,
  type Parameters,
  parseArguments,
  speedParameter,
} from '../../src/shared/parameters.ts'

const parameters = {
  speed: speedParameter,
  pages: { type: 'integer', label: 'Pages', help: '', default: 10, min: 1, max: 200, control: 'field' },
  from: { type: 'url-template', label: 'From', help: '', default: '', placeholder: '' },
} as const satisfies Parameters

test('what is missing takes its default, texts become numbers', () => {
  expect(checkParameters(parameters, { pages: ' 3 ' })).toEqual({ speed: 1, pages: 3, from: '' })
})

test.each([
  [{ pages: '2.5' }, 'Pages must be a whole number, but 2.5 is not.'],
  [{ pages: '' }, 'Pages must be a number, but "" is not one.'],
  [{ pages: 'NaN' }, 'Pages must be a number, but "NaN" is not one.'],
  [{ pages: 201 }, 'Pages must be between 1 and 200, but 201 is not.'],
  [{ speed: 'Infinity' }, 'Speed must be a number, but "Infinity" is not one.'],
  [{ from: 'http://host/page' }, 'From needs {n}'],
  [{ from: 'file:///{n}' }, 'From must start with http:// or https://, not file://.'],
  [{ from: '{n}' }, 'From must be a URL'],
  [{ constructor: '1' }, 'There is no parameter "constructor"'],
])('%j is refused', (given, message) => {
  expect(() => checkParameters(parameters, given as unknown as Record<string, string>)).toThrow(ParameterError)
  expect(() => checkParameters(parameters, given as unknown as Record<string, string>)).toThrow(message)
})

test('words of a command line and values are inverse', () => {
  const values = { speed: '2', from: 'http://h/{n}?a=b' }
  expect(parseArguments(formatArguments(values))).toEqual(values)
  expect(parseArguments(['--from=http://h/{n}?a=b'])).toEqual({ from: 'http://h/{n}?a=b' })
  expect(() => parseArguments(['spider'])).toThrow('"spider" is not understood')
  expect(() => parseArguments(['--pages'])).toThrow('--pages needs a value.')
})
