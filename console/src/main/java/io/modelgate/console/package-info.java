/** The operators' HTTP API, web page and command line: for the person who needs the switch and did not write the service. */
@NullMarked
package io.modelgate.console;

import org.jspecify.annotations.NullMarked;
