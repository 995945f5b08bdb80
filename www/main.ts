import { mount } from 'svelte';
import './theme/tokens.css';
import './theme/base.css';
import App from './App.svelte';
import { keepForOffline } from './offline/register.ts';

const target = document.getElementById('app');
if (target) mount(App, { target });
keepForOffline();
