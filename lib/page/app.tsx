/*! Contains preact (MIT, (c) Jason Miller). */
import { render } from 'preact'
import { Page } from './page'

const token = new URLSearchParams(location.search).get('token') ?? ''
const root = document.getElementById('app')
if (root !== null) render(<Page token={token} />, root)
