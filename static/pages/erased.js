/** The card of somebody who has just had their data deleted: its copy on this device goes, too. */

import { forget } from "./copy.js";

const { page } = document.body.dataset;
if (page) await forget(page);
