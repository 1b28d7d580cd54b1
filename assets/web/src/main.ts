import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { start } from './start.svelte'

start()
mount(App, { target: document.body })
