<?php
declare(strict_types=1);

namespace Drush;

use Site\Site;

/** Updates of the site's module, `site_update_N`, each done once by the order of their numbers; and deploy hooks, `site_deploy_NAME`. */
final class Updates
{
    public function __construct(private readonly Site $site)
    {
        require_once $site->root . '/web/modules/custom/site/site.install';
        require_once $site->root . '/web/modules/custom/site/site.deploy.php';
    }

    /** @return array<string, array<string, string|int>> */
    public function pending(): array
    {
        $current = (int) $this->site->get('system.schema', 'site', '0');
        $pending = [];
        foreach (self::named('site_update_') as $function => $number) {
            if ((int) $number > $current) {
                $pending[$function] = ['module' => 'site', 'update_id' => (int) $number, 'description' => "$number - " . self::comment($function), 'type' => 'hook_update_n'];
            }
        }
        uasort($pending, fn ($a, $b) => $a['update_id'] <=> $b['update_id']);
        return $pending;
    }

    /** An update that fails leaves those before it done. */
    public function run(): void
    {
        $pending = $this->pending();
        foreach ($pending as $function => ['update_id' => $number]) {
            try {
                $function($this->site->database());
            } catch (\Throwable $error) {
                throw new \RuntimeException("Update failed: $function: {$error->getMessage()}", 0, $error);
            }
            $this->site->set('system.schema', 'site', (string) $number);
            Application::say('notice', "Update completed: $function");
        }
        Application::say('success', $pending === [] ? 'No pending updates.' : 'Finished performing updates.');
    }

    /** @return list<array{module: string, hook: string, description: string}> */
    public function pendingDeployHooks(): array
    {
        $pending = array_filter(self::named('site_deploy_'), fn ($name) => $this->site->get('deploy_hook', $name) === null);
        $row = fn ($function, $name) => ['module' => 'site', 'hook' => $name, 'description' => self::comment($function)];
        return array_map($row, array_keys($pending), array_values($pending));
    }

    public function runDeployHooks(): void
    {
        $pending = $this->pendingDeployHooks();
        foreach ($pending as ['hook' => $name]) {
            "site_deploy_$name"($this->site->database());
            $this->site->set('deploy_hook', $name, 'done');
            Application::say('notice', "Performed: site_deploy_$name");
        }
        Application::say('success', $pending === [] ? 'No pending deploy hooks.' : 'Finished performing deploy hooks.');
    }

    /** @return array<string, string> functions that begin so, with the rest of their names */
    private static function named(string $prefix): array
    {
        $names = array_filter(get_defined_functions()['user'], fn ($name) => str_starts_with($name, $prefix));
        return array_combine($names, array_map(fn ($name) => substr($name, strlen($prefix)), $names));
    }

    private static function comment(string $function): string
    {
        return trim((string) (new \ReflectionFunction($function))->getDocComment(), "/* \n");
    }
}
