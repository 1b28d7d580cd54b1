import './styles/tokens.css'
import './styles/elements.css'
import './styles/pieces.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { start } from './start.svelte'

start()
mount(App, { target: document.body })
