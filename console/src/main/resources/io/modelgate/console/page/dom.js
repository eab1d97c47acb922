/** How elements are made. Text is always text: nothing that the server says is ever read as HTML. */
export { Component, h, render } from "./preact.module.js";
