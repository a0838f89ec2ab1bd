// Stands in for `buffer-crc32` in the bundle: what yazl asks of it, by Node itself.
'use strict';
const { crc32 } = require('node:zlib');

exports.unsigned = (bytes, before = 0) => crc32(bytes, before);
