/*! Contains preact (MIT, (c) Jason Miller), uPlot (MIT, (c) Leon Sorokin), jsdiff (BSD-3-Clause, (c) Kevin Decker). */
import { render } from 'preact'
import { Page } from './page'

const token = new URLSearchParams(location.search).get('token') ?? ''
const root = document.getElementById('app')
if (root !== null) render(<Page token={token} />, root)
