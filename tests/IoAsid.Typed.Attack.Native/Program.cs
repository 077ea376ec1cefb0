using IoAsid.Typed.Attack.Harness;

const int Rounds = 20;
const int MovesPerThread = 5_000;

int mixtures = 0;
for (int round = 0; round < Rounds; round++)
    mixtures += Attack.Run([AnyMove, AnyMove, AnyMove], seed: round, count => count < MovesPerThread, Setting.All[round % Setting.All.Length], interrupt: round % 5 == 4);

for (int round = 0; round < Rounds && (round == 0 || mixtures == 0); round++)
    mixtures += Attack.Run([Moves.Tear, Moves.UseTorn, Moves.UseTorn], seed: round, count => count < MovesPerThread, Setting.All[0]);

Console.WriteLine($"At least {Rounds + 1} attacks, every promise held; {mixtures} handles mixed two values.");

// On one processor threads rarely tear a value, so a run without mixtures succeeds too.
return mixtures > 0 || Environment.ProcessorCount == 1 ? 0 : 1;

static void AnyMove(Arena arena, Random random) => Moves.All[random.Next(Moves.All.Length)].Make(arena, random);
