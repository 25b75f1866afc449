export async function serve(_dir: string, _o: object): Promise<void> {}
