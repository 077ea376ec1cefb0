using IoAsid.Typed;

IoAsidSpace space = new();
IoAsidSet<SvaBinding> sva = space.CreateSet<SvaBinding>("sva");
IoAsidSet<AuxiliaryDomain> aux = space.CreateSet<AuxiliaryDomain>("aux");
RawIoAsid process = sva.Allocate(new SvaBinding("process 42")).Id;
RawIoAsid domain = aux.Allocate(new AuxiliaryDomain()).Id;

PageRequestHandler handler = new(space, sva);
Console.WriteLine(handler.Serve(process));
Console.WriteLine(handler.Serve(domain));
Console.WriteLine(handler.ServeOwn(process));

internal sealed record SvaBinding(string AddressSpace);

internal sealed record AuxiliaryDomain;
