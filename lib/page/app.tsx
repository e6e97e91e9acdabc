/*! Contains preact (MIT, (c) Jason Miller) and uPlot (MIT, (c) Leon Sorokin). */
import { render } from 'preact'
import { Page } from './page'

const token = new URLSearchParams(location.search).get('token') ?? ''
const root = document.getElementById('app')
if (root !== null) render(<Page token={token} />, root)
