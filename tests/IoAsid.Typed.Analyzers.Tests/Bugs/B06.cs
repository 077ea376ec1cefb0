// A device is found by its id and used after the lookup, while it may be released.
sealed class FaultPrinter(IoAsidReader<SvaBinding> devices)
{
    public async Task PrintAsync(RawIoAsid requester)
    {
        if (!devices.TryFind(requester, out SvaBinding? device)) // IOASID2004
            return;

        await Task.Yield();
        device.Serve();
    }
}
