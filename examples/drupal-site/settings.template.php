<?php
// Template of sites/default/settings.php. Replace the words in capitals by the outputs and the secret of the stack, and put the text into
// the secret that the output SettingsSecret names. Do not commit the result.

$databases['default']['default'] = [
    'driver' => 'mysql',
    'namespace' => 'Drupal\\mysql\\Driver\\Database\\mysql',
    'autoload' => 'core/modules/mysql/src/Driver/Database/mysql/',
    'host' => 'DATABASE_HOST',
    'port' => '3306',
    'database' => 'drupal',
    'username' => 'drupal',
    'password' => 'DATABASE_PASSWORD',
    'prefix' => '',
    'init_commands' => ['isolation_level' => 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'],
];

// Of the site that the database comes from, or 55 random characters.
$settings['hash_salt'] = 'HASH_SALT';
$settings['config_sync_directory'] = '../config/sync';
$settings['update_free_access'] = false;

// The name of the release: the folder above web/. Each release has a service container of its own by it.
$settings['deployment_identifier'] = basename(dirname($app_root));

// Shared by all instances.
$settings['file_public_path'] = 'sites/default/files';
$settings['file_private_path'] = '../private';
// Of the instance and of the release: compiled templates are code.
$settings['php_storage']['twig']['directory'] = sys_get_temp_dir() . '/twig-' . $settings['deployment_identifier'];

// Customers ask for the domain; the load balancer's health check and the instance itself ask for its private address.
$settings['trusted_host_patterns'] = ['^HOSTNAME_WITH_ESCAPED_DOTS$', '^10\.\d+\.\d+\.\d+$'];

// The load balancer is in the network of the instances. It ends TLS and says so in its headers.
$settings['reverse_proxy'] = true;
$settings['reverse_proxy_addresses'] = ['10.0.0.0/16'];
$settings['reverse_proxy_trusted_headers'] = \Symfony\Component\HttpFoundation\Request::HEADER_X_FORWARDED_AWS_ELB;
