<?php
declare(strict_types=1);

namespace Store\Setup;

/** Why an upgrade ended. */
final class SetupException extends \RuntimeException
{
}
