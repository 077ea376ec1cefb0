using IoAsid.Typed;

IoAsidSpace space = new();
IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
IoAsidSet<AuxiliaryDomain> aux = space.CreateSet<AuxiliaryDomain>("aux");
RawIoAsid process = sva.Allocate(new SvaBinding("process 42")).Id;
RawIoAsid domain = aux.Allocate(new AuxiliaryDomain()).Id;

Console.WriteLine(PageRequestHandler.Serve(space, sva, process));
Console.WriteLine(PageRequestHandler.Serve(space, sva, domain));
Console.WriteLine(PageRequestHandler.ServeOwn(space, sva, process));

internal sealed record SvaBinding(string AddressSpace);

internal sealed record AuxiliaryDomain;
