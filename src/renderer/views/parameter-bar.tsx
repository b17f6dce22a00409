/** What the program can be told before it is started. */
import type { ProgramInfo } from '../../shared/api.ts'
import type { NumberParameter, Parameter } from '../../shared/parameters.ts'
import { nearestStop, sliderStops } from '../series/slider.ts'
import { chooseProcess } from '../store/choosing.ts'
import { connectionState } from '../store/connection.ts'
import { fieldError, fieldValue, typeInto } from '../store/parameters.ts'
import { program } from '../store/programs.ts'
import { recentOf } from '../store/recent.ts'
import { testIds } from './test-ids.ts'

interface FieldProps {
  info: ProgramInfo
  name: string
}

function Slider({ info, name, parameter }: FieldProps & { parameter: NumberParameter }) {
  const stops = sliderStops(parameter.min, parameter.max)
  const value = Number(fieldValue(info, name))
  const index = nearestStop(stops, value > 0 ? value : parameter.default)
  return (
    <input
      class="slider"
      type="range"
      min={0}
      max={stops.length - 1}
      step={1}
      value={index}
      aria-label={`${parameter.label}, in steps`}
      aria-valuetext={`${stops[index]}${parameter.unit ?? ''}`}
      data-testid={testIds.parameterSlider(name)}
      onInput={(event) => typeInto(info, name, String(stops[Number(event.currentTarget.value)]))}
    />
  )
}

/** How many characters a field has room for. */
function fieldSize(parameter: Parameter): number {
  if ('min' in parameter) return Math.max(3, String(parameter.max).length)
  return { 'url-template': 26, command: 44, path: 16, process: 10 }[parameter.type]
}

/** What it is for, and all of what it holds, which the field may have no room for. */
function fieldTitle(parameter: Parameter, value: string): string {
  const whole = value || ('placeholder' in parameter ? parameter.placeholder : '')
  return [parameter.help, whole].filter((part) => part).join(': ')
}

function Field({ info, name }: FieldProps) {
  const parameter = info.parameters[name]
  if (!parameter) return null
  const error = fieldError(info, name)
  const isNumber = 'min' in parameter
  const id = `parameter-${name}`
  const recent = recentOf(info.id, name)
  return (
    <div class="parameter" title={parameter.help}>
      <label for={id}>{parameter.label}</label>
      {isNumber && parameter.control === 'slider' && <Slider info={info} name={name} parameter={parameter} />}
      <input
        id={id}
        class={`field ${isNumber ? 'num' : 'mono'}`}
        type="text"
        inputMode={isNumber ? 'decimal' : 'url'}
        size={fieldSize(parameter)}
        value={fieldValue(info, name)}
        placeholder={isNumber ? undefined : parameter.placeholder}
        title={fieldTitle(parameter, fieldValue(info, name))}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `${id}-error`}
        list={recent.length > 0 ? `${id}-recent` : undefined}
        data-testid={testIds.parameter(name)}
        onInput={(event) => typeInto(info, name, event.currentTarget.value)}
      />
      {recent.length > 0 && (
        <datalist id={`${id}-recent`}>
          {recent.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {parameter.type === 'process' && (
        <button
          type="button"
          class="button small"
          data-testid={testIds.chooseProcess}
          disabled={connectionState.value !== 'open'}
          onClick={() => void chooseProcess(name)}
        >
          Attach…
        </button>
      )}
      {isNumber && parameter.unit && <span class="unit">{parameter.unit}</span>}
      {error !== null && (
        <p class="field-error" id={`${id}-error`} role="alert" data-testid={testIds.parameterError}>
          {error}
        </p>
      )}
    </div>
  )
}

export function ParameterBar() {
  const info = program.value
  if (!info) return null
  return (
    <form class="bar" aria-label="Parameters" onSubmit={(event) => event.preventDefault()}>
      {Object.keys(info.parameters).map((name) => (
        <Field key={`${info.id}.${name}`} info={info} name={name} />
      ))}
    </form>
  )
}
