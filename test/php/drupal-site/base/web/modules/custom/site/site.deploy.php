<?php

/** Renames the first page. */
function site_deploy_rename(PDO $database): void
{
    $database->exec("UPDATE node SET title = 'Who we are' WHERE title = 'About us'");
}
