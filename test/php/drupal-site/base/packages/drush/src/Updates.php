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

    public function runDeployHooks(): void
    {
        foreach (self::named('site_deploy_') as $function => $name) {
            if ($this->site->get('deploy_hook', $name) === null) {
                $function($this->site->database());
                $this->site->set('deploy_hook', $name, 'done');
                Application::say('notice', "Deploy hook completed: $function");
            }
        }
        Application::say('success', 'Finished performing deploy hooks.');
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
