using Corpus;

using IoAsidSpace space = new(new IoAsidSpaceOptions { Name = "pasids", TrackHolders = true });
IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
DeviceDrain drain = new(_ => { }, static (_, _) => Task.CompletedTask);
SvaService service = new(sva, drain);
PageRequestHandler handler = new(sva);

object process = new();
RequesterId device = new(8);
RawIoAsid pasid = service.Bind(process, 0x1000, device);
Console.WriteLine(handler.Serve(new PageRequest(device, pasid, 0x2000, Group: 1, IsLast: true, IsWrite: false)));
Console.WriteLine(handler.Describe(pasid));

await using (PasidPool pool = new(sva, "vm-1", quota: 4, drain))
{
    RawIoAsid guest = pool.Open("vm-1", new PrivateIoAsid(101));
    using VfioContainer container = new(pool.Set, static (_, _) => 1);
    if (container.Attach(new PrivateIoAsid(101)))
        container.Detach(new PrivateIoAsid(101));

    Console.WriteLine(pool.Bind(guest, device) ? await pool.CloseAsync(guest, CancellationToken.None) : IoAsidFreeResult.AlreadyFreed);
}

using References<SvaBinding> references = new(sva, limit: 2);
Console.WriteLine(references.Get(pasid)?.Users);
Console.WriteLine(sva.Reader.Use(pasid, static binding => binding.Users, -1));
await service.ExitAsync(process, CancellationToken.None);
