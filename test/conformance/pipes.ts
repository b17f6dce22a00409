import { type Connection, EndOfFileError, main, Pipe, Process, StateError } from 'forkscope'

export async function answer(connection: Connection) {
  for (;;) {
    let question: unknown
    try {
      question = await connection.recv()
    } catch (error) {
      if (error instanceof EndOfFileError) return
      throw error
    }
    await connection.send(typeof question === 'number' ? question * 2 : `${question}${question}`)
  }
}

export async function say(connection: Connection, words: string[]) {
  for (const word of words) await connection.send(word)
  await connection.close()
}

const python = (value: boolean) => (value ? 'True' : 'False')

main(import.meta, async () => {
  const [ours, theirs] = Pipe()
  new Process(answer, [theirs]).start()
  await theirs.close()
  await ours.send(21)
  await ours.send('ab')
  console.log('answers:', await ours.recv(), await ours.recv())
  console.log('more:', python(await ours.poll()), python(await ours.poll({ timeoutMs: 50 })))
  await ours.close()
  await ours.send(1).catch((error) => {
    if (error instanceof StateError) console.log('closed is closed')
  })

  const [receiver, sender] = Pipe({ duplex: false })
  const process = new Process(say, [sender, ['one', 'two']])
  process.start()
  await sender.close()
  console.log('heard:', await receiver.recv(), await receiver.recv())
  console.log('ready at the end:', python(await receiver.poll({ timeoutMs: 1000 })))
  await receiver.recv().catch((error) => {
    if (error instanceof EndOfFileError) console.log('the end')
  })
  console.log('one way:', python(receiver.readable), python(receiver.writable))
  await process.join()
})
