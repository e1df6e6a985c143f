/** The customer's card page. Everything that matters is in the page already; this adds comfort. */

import { setUpCopy } from "./copy.js";
import { setUpFullScreen } from "./full-screen.js";
import { setUpInstall } from "./install.js";
import { setUpSharing } from "./share.js";

setUpFullScreen();
setUpInstall();
setUpSharing();
setUpCopy();
