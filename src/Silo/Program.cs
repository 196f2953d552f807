return await Granary.Silo.SiloProgram.Run(args);
