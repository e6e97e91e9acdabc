import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { imageSize } from '../lib/openai/tokens/image-size'

const sizes = suite('the size of a picture')

const dataUrl = (bytes: Buffer, type = 'image/png'): string => `data:${type};base64,${bytes.toString('base64')}`
/** Hex digits, and texts in quotes. */
const bytes = (...parts: string[]): Buffer =>
  Buffer.concat(parts.map(part => (part.startsWith("'") ? Buffer.from(part.slice(1, -1)) : Buffer.from(part, 'hex'))))

const PNG = bytes('89504e470d0a1a0a', '0000000d', "'IHDR'", '00000280', '000001e0', '0806000000')
const GIF = bytes("'GIF89a'", '8002', 'e001', 'f00000')
const SEGMENT = 'ffe00004abcd'
const FRAME = 'ffc2001108',
  SIZE = '01e00280',
  COMPONENTS = '03012200'
const JPEG = bytes('ffd8', SEGMENT, FRAME, SIZE, COMPONENTS)
const RIFF = "'RIFF'"
const LOSSY = bytes(RIFF, '00000000', "'WEBPVP8 '", '00000000', '300100', '9d012a', '8002', 'e001')
// 14 bits of width less one, then 14 of height less one.
const LOSSLESS = bytes(RIFF, '00000000', "'WEBPVP8L'", '00000000', '2f', '7fc27700', '0000000000')
const EXTENDED = bytes(RIFF, '00000000', "'WEBPVP8X'", '0a000000', '10000000', '7f0200', 'df0100')

for (const [name, picture] of Object.entries({ PNG, GIF, JPEG, LOSSY, LOSSLESS, EXTENDED })) {
  sizes(`${name} says it in its first bytes`, () => {
    assert.equal(imageSize(dataUrl(picture)), { width: 640, height: 480 })
  })
  sizes(`${name} that ends before its size has none`, () => {
    assert.is(imageSize(dataUrl(picture.subarray(0, 9))), undefined)
  })
}

sizes('the type of the URL may lie, be in capitals, have parameters or be missing', () => {
  for (const type of ['image/webp', 'IMAGE/PNG', 'image/png;charset=utf-8', 'application/octet-stream', '']) {
    assert.equal(imageSize(dataUrl(JPEG, type)), { width: 640, height: 480 }, type)
  }
})

sizes('a JPEG may have a profile and filling bytes before its frame', () => {
  const profile = bytes('ffe2', '2002', '00'.repeat(0x2000))
  const filled = Buffer.concat([bytes('ffd8'), profile, bytes('ffffff', FRAME, SIZE, COMPONENTS)])
  assert.equal(imageSize(dataUrl(filled)), { width: 640, height: 480 })
})

sizes('what is no picture has none', () => {
  const others = [
    '',
    'https://example.com/x.png',
    'data:,x',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'data:image/png,IHDR',
  ]
  for (const url of others) assert.is(imageSize(url), undefined, url)
  assert.is(imageSize(dataUrl(Buffer.alloc(100_000, 0xff))), undefined)
})

sizes.run()
