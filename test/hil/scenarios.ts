/**
 * What AVA runs in the test machine: every scenario that is asked for, in one process, because an emulated Node takes
 * seconds to start. Their hooks are shared too, so scenarios have none.
 */
for (const file of (process.env.LIMEN_HIL_FILES ?? '').split(',')) await import(`../../${file}`);
