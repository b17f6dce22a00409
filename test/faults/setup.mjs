globalThis.setUp = 'by --import'
