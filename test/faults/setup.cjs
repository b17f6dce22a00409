globalThis.setUp = 'by -r'
